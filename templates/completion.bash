# Completion of criu-sweep for bash. Made by: criu-sweep completion bash
# Its place is where bash-completion looks: /usr/share/bash-completion/completions/criu-sweep

# The words that may come next: what is complete stands in $1, the options of the command in $2.
_criu_sweep_words() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -P "$prefix" -W "$1" -- "$cur"))
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

# The options of a command, each on its line; = ends those that take a value.
_criu_sweep_options() {
  case $1 in
{{options}}
  esac
}

# What a value of an option, or an argument, may be: a kind, and words to choose from.
_criu_sweep_value() {
  case $1 in
{{values}}
  esac
}

_criu_sweep_complete() {
  local kind=${1%% *} words=${1#"${1%% *}"} IFS=$'\n'
  case $kind in
    file) compopt -o default ;;
    directory) compopt -o plusdirs ;;
    command|sweep) words=' --' ;;
    user) words+=" $(compgen -u | tr '\n' ' ')" ;;
  esac
  [[ $words ]] && _criu_sweep_words "${words// /$'\n'}"
  if [[ $prefix && $kind == file ]]; then COMPREPLY=($(compgen -P "$prefix" -f -- "$cur")); fi
  if [[ $prefix && $kind == directory ]]; then COMPREPLY=($(compgen -P "$prefix" -d -- "$cur")); fi
}

# Another command with its own completions, where bash-completion is there to find them.
_criu_sweep_command() {
  if declare -F _comp_command_offset >/dev/null; then _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then _command_offset "$1"
  elif ((COMP_CWORD == $1)); then compopt -o default; COMPREPLY=($(compgen -c -- "$cur"))
  else compopt -o default
  fi
}

_criu_sweep() {
  local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} prefix= command= separator=0 arguments=0 at word
  COMPREPLY=()
  # --option=value is three words where = breaks words, and one where it does not.
  if [[ $cur == = ]]; then cur=
  elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == --*=* ]]; then previous=${cur%%=*}; prefix=$previous=; cur=${cur#*=}
  fi

  [[ $COMP_CWORD -gt 1 && " {{commands}} " == *" ${COMP_WORDS[1]} "* ]] && command=${COMP_WORDS[1]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    if [[ $word == -- ]]; then separator=$at; break; fi
    [[ $word != [-=]* && ${COMP_WORDS[at-1]} != [-=]* ]] && ((arguments++))
  done
  [[ $command ]] && ((arguments--))

  if ((separator)); then
    case $command in
{{afterSeparator}}
      *) compopt -o dirnames; return ;;
    esac
  fi
  if [[ $previous == -* ]]; then
    word=$(_criu_sweep_value "$command $previous")
    if [[ $word ]]; then _criu_sweep_complete "$word"; return; fi
  fi
  if [[ $cur == -* ]]; then
    _criu_sweep_words "$(_criu_sweep_options "$command")"
    return
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    compopt -o plusdirs
    _criu_sweep_words "$(printf '%s\n' {{commands}})"
    return
  fi
  _criu_sweep_complete "$(_criu_sweep_value "$command argument $arguments")"
}

complete -F _criu_sweep criu-sweep
