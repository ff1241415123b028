# fish completion of fl-show; made by completions/fish.sh, do not edit
complete -c fl-show -l check -d 'read everything and say whether it is sound; exit 1 if one is not'
complete -c fl-show -l tensors -d 'list the tensors with the range and norm of their values'
complete -c fl-show -l values -x -d 'print the values of this tensor'
complete -c fl-show -l diff -d 'compare two files: exit 1 if metadata or values differ'
complete -c fl-show -s h -l help -d 'show this text'
complete -c fl-show -s V -l version -d 'show the version'
complete -c fl-show -s q -l quiet -d 'say nothing but errors'
complete -c fl-show -s v -l verbose -d 'say more'
