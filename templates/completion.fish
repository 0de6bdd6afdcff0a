# Completion of criu-sweep for fish. Made by: criu-sweep completion fish
# Put it into ~/.config/fish/completions or /etc/fish/completions as criu-sweep.fish

# Whether this command's own options and arguments come next; '' is the sweep.
function __criu_sweep_in
    set -l words (commandline -opc)
    set -e words[1]
    contains -- -- $words; and return 1
    set -l command ''
    contains -- "$words[1]" {{names}}; and set command $words[1]
    test "$command" = "$argv[1]"
end

# Whether the next word is this argument of the command, the first being 2.
function __criu_sweep_argument
    __criu_sweep_in $argv[1]; and test (count (commandline -opc)) -eq $argv[2]
end

# Whether what comes next belongs to another command: this one's line holds --.
function __criu_sweep_beyond
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]; and contains -- -- $words
end

# Completes what stands behind --, as if it followed these words.
function __criu_sweep_rest
    set -l words (commandline -opc)
    set -l separator (contains -i -- -- $words)
    set -l rest $argv (string escape -- $words[(math $separator + 1)..-1]) (commandline -ct)
    complete -C (string join ' ' -- $rest)
end

complete -c criu-sweep -f
{{commands}}
{{options}}
{{arguments}}
