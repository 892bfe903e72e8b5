<?php
// A front controller with the app of the corpus: what no file has, the server hands to it.
$path = $_SERVER['PATH_INFO'] ?? rawurldecode(strtok($_SERVER['REQUEST_URI'], '?'));
preg_match('#^/(public|admin)(/|$)#', $path, $found);
header('Content-Type: text/plain');
echo 'reached:' . ($found[1] ?? 'other');
