# fish completion of fl; made by completions/fish.sh, do not edit
complete -c fl -n __fish_use_subcommand -f -a help -d 'List the commands, or explain one'
complete -c fl -n __fish_use_subcommand -f -a schema -d 'Say what the columns of a CSV mean to a model'
complete -c fl -n __fish_use_subcommand -f -a stats -d 'Sum up columns so that sites add up, or turn such sums into a schema'
complete -c fl -n __fish_use_subcommand -f -a synth -d 'Write a federation of synthetic tables: CSV files for every silo, and their schema'
complete -c fl -n __fish_use_subcommand -f -a init -d 'Make an untrained model for a schema'
complete -c fl -n __fish_use_subcommand -f -a train -d 'Train a model on local rows and emit what it learnt'
complete -c fl -n __fish_use_subcommand -f -a compress -d 'Make an update ten to hundreds of times smaller, and whole again'
complete -c fl -n __fish_use_subcommand -f -a aggregate -d 'Add updates up into the next model, or into a partial'
complete -c fl -n __fish_use_subcommand -f -a key -d 'Make keys and tokens, sign, and check signatures'
complete -c fl -n __fish_use_subcommand -f -a serve -d 'Serve a folder of federations over HTTP'
complete -c fl -n __fish_use_subcommand -f -a round -d 'Take part in the rounds of a federation, or coordinate them'
complete -c fl -n __fish_use_subcommand -f -a push -d 'Put standard input into a store'
complete -c fl -n __fish_use_subcommand -f -a pull -d 'Get a model, an update or a message from a store'
complete -c fl -n __fish_use_subcommand -f -a predict -d 'Predict a row for each row'
complete -c fl -n __fish_use_subcommand -f -a eval -d 'Measure how well a model does on a table'
complete -c fl -n __fish_use_subcommand -f -a show -d 'Show what an artefact or a message is, and what is in it'
complete -c fl -n __fish_use_subcommand -s h -l help -d 'show this text'
complete -c fl -n __fish_use_subcommand -s V -l version -d 'show the version'
complete -c fl -n __fish_use_subcommand -s q -l quiet -d 'say nothing but errors'
complete -c fl -n __fish_use_subcommand -s v -l verbose -d 'say more'
function __fl_rest
	set -l words (commandline -opc)
	complete -C (string join " " -- fl-$words[2] (string escape -- $words[3..]) (commandline -ct))
end
complete -c fl -n '__fish_seen_subcommand_from schema stats synth init train compress aggregate key serve round push pull predict eval show; and not __fish_seen_subcommand_from help' -x -a '(__fl_rest)'
complete -c fl -n '__fish_seen_subcommand_from help' -x -a 'schema stats synth init train compress aggregate key serve round push pull predict eval show'
