/** Paths that servers have been seen to read differently, with those that each of them reads alike. */
import fc from 'fast-check';

/** They stand between spaces; one of their own is written ␠. What is not ASCII is bytes. */
const words = (...lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(' ').map((word) => word.replaceAll('␠', ' ')));

/** What honest clients ask for below `/public`. */
export const HONEST = words(
  '/public /public/a /public/a/b/c /public/a-b_c~d /public/17 /public/a.b /public/app.js',
  '/public/a?b=c /public/a?x=/admin /public/a?x=../admin /public/caf%C3%A9 /public/a%20b',
  "/public/admin /public/a+b /public/a:b /public/a=b /public/a,b /public/@me /public/it's",
  '/public/(a) /public/a! /public/v1.2/items /public/a$b /public/a&b /public/a*',
);

/** For each reading of docs/paths.md a path that is `/admin`, or below it, to a server that reads so. */
export const DISGUISES = words(
  '/%61dmin /%2561dmin /%u0061dmin /%c1%a1dmin /public/%2>%2>/admin /admin%2fx',
  '/public%2f..%2fadmin /public/../admin /public/%2e%2e/admin /public/..;/admin /admin;x',
  '/admin;/../public //admin /admin//x //x/admin /admin\\x /admin%5cx /admin#x /admin%3fx',
  '/admin%00 /admin%20 /ADMIN /admin.json /index.php/admin /(S(x))/admin',
);

/** What may lead out of `/public`. */
const UPS = words(
  '/.. /. /./.. /../. /../.. //.. /..// /... /..; /..;x /..;x=1 /;/.. /;x/.. /.; /.;/..',
  '/..;/..; /%2e%2e /%2E%2E /.%2e /%2e. /%2e /%2e%2e; /..%3b /%2e%2e%3bx /%252e%252e /%252e.',
  '/%25252e%25252e /%u002e%u002e /%U002E. /%c0%ae%c0%ae /%c0%2e /%e0%80%ae. /%2>%2> /%2>. /.%2>',
  '/%2>%2>; /%252>%252> /%252%3e%252%3e /%u002> /%uff0e%uff0e /%ef%bc%8e. /..%00 /..%00x /%00..',
  '/..%20 /..␠ /..%09 /%20.. /..%0d /..%0a /..%0d%0a /..%23 /..%3f /.\t. /.%09. /.%0a. /..\x01',
  '/..%c2%a0 /..%e2%80%8b /..%ad /..%7f /..\x7f /..+ /..\\.. \\.. %5c.. %5C%2e%2e %255c.. /..\\.',
  '%2f.. %2F%2E%2E %252f.. %u002f.. %u2215.. %c0%af.. %e0%80%af.. %ef%bc%8f.. %2?.. %2/.. %/..',
  '%%2f.. %2%66.. %%32%66.. %25%32%66.. /..| /..^',
);

const SLASHES = words('/ // %2f %2F %252f \\ %5c %255c %u002f %c0%af /;/ ;/ ;x/ /./ /%2e/');

const OTHERS = words(
  '/public/x/../x /public/x/admin/../../x /public/x/admin/%2e%2e/%2e%2e/x /public/x/admin/..;/..;/x',
  '/admin /admin/ /admin/x //admin ///admin /./admin /.//admin /;/admin /;x/admin /;x=1/admin',
  '/admin; /admin;x /admin;x=1 /admin;/ /admin;x/y /admin%3b /admin%3bx /admin;x=/public',
  '/admin;/../public /admin.json /admin.html /admin.a.b /admin. /admin.. /admin.json/',
  '/admin%2ejson /admin.json;x /admin.%6ason /admin%20 /admin␠ /admin%09 /admin\t /admin%00',
  '/admin%00.json /admin%0a /admin%0d /admin%0d%0a /admin\x01 /admin%23 /admin# /admin#/public',
  '/admin%3f /admin? /admin?x /admin?? /admin?/../public /admin%3f/public /ADMIN /Admin',
  '/aDmin/x /%41dmin /adm%49n /adm\xc4\xb1n /adm%c4%b1n /%61dmin /%2561dmin /%u0061dmin /%6>dmin',
  '/admi%6: /%c1%a1dmin /%e0%81%a1dmin /%a1dmin /adm%69n /%61%64%6d%69%6e /% /%a /admin%',
  '/admin%2 /admin%5c /admin\\ /admin%2f /admin%2fx /admin%252f /admin%c0%af /admin%u002f',
  '/admin\\x /admin%5cx /index.php/admin /index.php /index.php/ /public/index.php',
  '/public/index.php/admin /index.php/public/../admin /index.php%2fadmin /index.php;/admin',
  '/index.php//admin /INDEX.PHP/admin /index.php/public /x.php/admin /(S(x))/admin',
  '/public/(S(x))/../admin /public.json /public.json/../admin /public;/admin /public;/../admin',
  '/public/;/../admin /public%00/admin /public%2f /public%5c /public%20 /public%20/x /public␠',
  '/public. /public./x /public;x /public;x/y /publicx /public%3fx /public%23x /public%',
  '/public%2 /public/% /public/%zz /public/%zz/../../admin /public/%2 /public/%2?x',
  '/public?/../admin /public/?/../../admin /public/x?y#/../admin /public#/../admin',
  '/public/x%3f/../../admin /public/x%23/../../admin http://api.example/admin',
  'http://api.example/public/../admin http://api.example HTTP://api.example/admin http:/admin',
  'http:admin http://x/public@api.example/admin http://api.example//admin',
  'http://api.example\\admin https://api.example/admin //api.example/admin //public/admin',
  '//public/../admin ///public/admin //public//admin /\\public/admin /\\admin \\admin',
  '\\\\public\\admin //x@public/admin //x:80/admin //x:y/admin //[/admin //%/admin',
  '//public:80/admin //public?/admin //public#/admin /public//../admin /public///../admin admin',
  'public/../admin * ./admin ../admin %2fadmin ?/admin #/admin ;/admin . .. @x/admin :80/admin',
  '/public/x/../../admin /public/x/..;/..;/admin /public/x/..%2f..%2fadmin',
  '/public/x%2f..%2f..%2fadmin /public/x/%2e%2e/%2e%2e/admin /x/../admin /x/..;/admin',
  '/x/../public /x/../public/../admin /../admin /../../admin /..;/admin /%2e%2e/admin /. /..',
  '/admin/../public /admin/.. /admin/../public/x /admin/..;/public /admin/..%2fpublic',
  '/admin%2f..%2fpublic /admin/%2e%2e/public/x /public/\xc0\xaf../admin /public/..\xc0\xafadmin /\xc1\xa1dmin',
  "/admin\xff /admin\xa0 /public/\xe9 /admin\x85 /public/..\xa0/admin /public/'/../../admin",
  '/public/"/../../admin /public/<>/../../admin /public/{x}/../../admin /public/[x]/../../admin',
  '/{admin} /[admin]',
);

/** Each once. */
export const CORPUS: readonly string[] = [
  ...new Set([
    ...HONEST,
    ...DISGUISES,
    ...OTHERS,
    ...UPS.flatMap((up) => [`/public${up}/admin`, `/public${up}admin`]),
    ...SLASHES.flatMap((slash) => [`/public${slash}..${slash}admin`, `${slash}admin`, `/admin${slash}x`]),
  ]),
];

const PIECES = words(
  '/ / / // . .. /.. /../ ..; ; ;x=1 %2e %2e%2e %252e %2f %252f \\ %5c %3b %253b %00 %3f ? # %23',
  '%20 ␠ %09 %0a %0d %25 % %2> %252> %u002e %u002f %c0%af %c0%ae %e9 \xe9 + .json .a.b /index.php',
  '/(S(x)) @ : = & x admin admin %61dmin ADMIN public public /admin /public /public/ Public',
  '%70ublic',
);

/** Made of pieces of the same kinds, and the same whenever the seed is. */
export function generated(count: number): readonly string[] {
  const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 });
  const ends = fc.constantFrom('', '', '/admin', 'admin', '/x', '/');
  const path = fc
    .tuple(fc.constantFrom('/', '/public', '/public/', '/public/x/', '/admin', '//'), pieces, ends)
    .map(([start, middle, end]) => `${start}${middle.join('')}${end}`);
  return fc.sample(path, { seed: fc.readConfigureGlobal().seed ?? 1, numRuns: count });
}
