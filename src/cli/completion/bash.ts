/** The completions for bash, from 3.2 on. */
import type { Completed, CompletedFlag, Value } from './completed.ts';

export function bashCompletion({ flags, commands }: Completed): string {
  const names = commands.map(({ name }) => name);
  const values = [
    ...flags.flatMap((flag) => patternsOf('', flag)),
    ...commands.flatMap(({ name, flags: own }) => own.flatMap((flag) => patternsOf(name, flag))),
  ];
  return `# Completions of sse-probe for bash. Put this line into ~/.bashrc:
#   eval "$(sse-probe completion bash)"
_sse_probe() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local flag='' command='' takes=words words='' start='' at word
  COMPREPLY=()
  # "--flag=value" is taken apart at the "=", unless COMP_WORDBREAKS has none.
  if [[ $current == --*=* ]]; then
    flag=\${current%%=*} start=\${current%%=*}= current=\${current#*=}
  elif [[ $current == '=' ]]; then
    flag=$before current=''
  elif [[ $before == '=' ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $before == -* ]]; then
    flag=$before
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${names.join(' | ')})
        command=\${COMP_WORDS[at]}
        break
        ;;
    esac
  done
  case "$command $flag" in
${cases(values)}
    *)
      case $command in
        '')
          words=${quoted([...names, ...namesOf(flags)])}
          [[ $current == -* ]] && words=${quoted(namesOf(flags))}
          ;;
${commands.map(({ name, flags: own, argument }) => commandCase(name, namesOf(own), argument)).join('\n')}
      esac
      ;;
  esac
  if [[ $takes == files ]]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r word; do COMPREPLY+=("$start$word"); done < <(compgen -f -- "$current")
  elif [[ $takes != text ]]; then
    [[ $takes == begun ]] && compopt -o nospace 2> /dev/null
    if [[ $takes == commas && $current == *,* ]]; then
      start=$start\${current%,*}, current=\${current##*,}
    fi
    while IFS= read -r word; do COMPREPLY+=("$start$word"); done < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _sse_probe sse-probe
`;
}

interface ValuePattern {
  /** `'soak --profile'`. */
  readonly pattern: string;
  readonly value: Value;
}

function patternsOf(command: string, { long, short, value }: CompletedFlag): ValuePattern[] {
  if (value === null) return [];
  return [long, ...(short === null ? [] : [short])].map((name) => ({ pattern: quoted([command, name]), value }));
}

/** Flags with the same values share a case. */
function cases(values: readonly ValuePattern[]): string {
  const patterns = new Map<string, string[]>();
  for (const { pattern, value } of values) {
    const body =
      value.takes === 'words' ? `takes=${wordsTaken(value)} words=${quoted(value.words)}` : `takes=${value.takes}`;
    patterns.set(body, [...(patterns.get(body) ?? []), pattern]);
  }
  return [...patterns].map(([body, same]) => `    ${same.join(' | ')}) ${body} ;;`).join('\n');
}

function wordsTaken({ commas, goesOn }: Value): string {
  if (goesOn) return 'begun';
  return commas ? 'commas' : 'words';
}

/** Flags, and what the command takes beside them; flags too where that cannot be known. */
function commandCase(name: string, flags: readonly string[], argument: Value | null): string {
  const lines = [`        ${name})`, `          words=${quoted(flags)}`];
  if (argument?.takes === 'files') lines.push('          [[ $current == -* ]] || takes=files');
  if (argument?.takes === 'words') lines.push(`          [[ $current == -* ]] || words=${quoted(argument.words)}`);
  return [...lines, '          ;;'].join('\n');
}

function namesOf(flags: readonly CompletedFlag[]): string[] {
  return flags.flatMap(({ long, short }) => (short === null ? [long] : [long, short]));
}

/** Names and words of ours have no quotes in them. */
function quoted(words: readonly string[]): string {
  return `'${words.join(' ')}'`;
}
