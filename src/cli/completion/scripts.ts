/**
 * What a shell loads to complete `portcullis`. All of them ask the command itself: `portcullis completion words …` prints a
 * word a line, a tab and what it is about; and the line `:files` where names of files may stand.
 */

export const SHELLS = ['bash', 'zsh', 'fish', 'kubectl'] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `# bash completion of portcullis: source <(portcullis completion bash), for instance in ~/.bashrc
_portcullis() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" completion words "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _portcullis portcullis
`;

const ZSH = `#compdef portcullis
# zsh completion of portcullis: source <(portcullis completion zsh), after compinit; or a file _portcullis in $fpath
_portcullis() {
  local line files=
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1; else found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); fi
  done < <("\${words[1]}" completion words "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe portcullis found
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _portcullis ]]; then _portcullis "$@"; else compdef _portcullis portcullis; fi
`;

const FISH = `# fish completion of portcullis: portcullis completion fish > ~/.config/fish/completions/portcullis.fish
function __portcullis_complete
  set --local typed (commandline --tokenize --current-process --cut-at-cursor)
  for line in ($typed[1] completion words $typed[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null)
    if test $line = :files
      __fish_complete_path (commandline --current-token --cut-at-cursor)
    else
      echo $line
    end
  end
end
complete --command portcullis --no-files --arguments '(__portcullis_complete)'
`;

/** kubectl runs it, and reads words with what they are about; its last line says whether files may stand there. */
const KUBECTL = `#!/bin/sh
# completion of kubectl portcullis: portcullis completion kubectl > kubectl_complete-portcullis, executable on the PATH
kubectl-portcullis completion words "$@" 2>/dev/null | {
  directive=4
  while IFS= read -r line; do
    if [ "$line" = :files ]; then directive=0; else printf '%s\\n' "$line"; fi
  done
  echo ":$directive"
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, kubectl: KUBECTL };

export const scriptFor = (shell: Shell): string => SCRIPTS[shell];
