#compdef criu-sweep
# Completion of criu-sweep for zsh. Made by: criu-sweep completion zsh
# Put it as _criu-sweep into a directory of $fpath, /usr/local/share/zsh/site-functions for one.

_criu-sweep-commands() {
  local -a commands=(
{{commands}}
  )
  _describe -t commands command commands
}

_criu-sweep-first() {
  _alternative 'commands::_criu-sweep-commands' 'directories:target:_directories'
}

# A sweep; $1 says what its first argument may be.
_criu-sweep-sweep() {
  _arguments -s -S \
{{sweep}}
    "1: :$1" '*:target:_directories'
}

_criu-sweep() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  if ((CURRENT == 2)); then
    _criu-sweep-sweep _criu-sweep-first
    return
  elif [[ {{names}} != *" $words[2] "* ]]; then
    _criu-sweep-sweep _directories
    return
  fi
  shift words
  ((CURRENT--))
  curcontext=${curcontext%:*}-$words[1]:
  case $words[1] in
{{cases}}
  esac
  case $state in
    command) _normal ;;
    sweep)
      words=(criu-sweep "$words[@]")
      ((CURRENT++))
      _criu-sweep-sweep _directories
      ;;
  esac
}

# As a file of $fpath it is run for the first completion; sourced it only says what is completed by it.
if [[ $funcstack[1] == _criu-sweep ]]; then
  _criu-sweep "$@"
else
  compdef _criu-sweep criu-sweep
fi
