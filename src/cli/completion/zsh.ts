/** The completions for zsh: `_arguments` of its own completion system, for the program and for each command. */
import type { Completed, CompletedCommand, CompletedFlag, Value } from './completed.ts';

export function zshCompletion({ flags, commands }: Completed): string {
  return `#compdef sse-probe
# Completions of sse-probe for zsh. Write it into a folder of your fpath:
#   sse-probe completion zsh > "\${fpath[1]}/_sse-probe"
_sse-probe() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${commands.map(({ name, says }) => `    ${quoted(`${name}:${escaped(says)}`)}`).join('\n')}
  )
  _arguments -C \\
${flags.flatMap(flagSpecs).map(continued).join('')}    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      curcontext="\${curcontext%:*}-$words[1]:"
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _sse-probe ]]; then
  _sse-probe "$@"
else
  compdef _sse-probe sse-probe
fi
`;
}

function commandCase({ name, flags, argument }: CompletedCommand): string {
  const specs = flags.flatMap(flagSpecs);
  if (argument !== null) specs.push(quoted(`*:${described(argument)}`));
  return `        ${name})\n          _arguments \\\n${specs.map((spec) => `        ${continued(spec)}`).join('')}            && return\n          ;;`;
}

function continued(spec: string): string {
  return `    ${spec} \\\n`;
}

/** `'*--fault=[what it is]:fault:(a b)'`: a flag of its own for each of its names. */
function flagSpecs({ long, short, says, repeats, value }: CompletedFlag): string[] {
  const many = repeats ? '*' : '';
  const text = `[${escaped(says)}]${value === null ? '' : `:${described(value)}`}`;
  const specs = [`${many}${long}${value === null ? '' : '='}${text}`];
  if (short !== null) specs.push(`${many}${short}${value === null ? '' : '+'}${text}`);
  return specs.map(quoted);
}

/** The name of a value, and what completes it. */
function described({ name, takes, words, commas, goesOn }: Value): string {
  const label = escaped(name);
  if (takes === 'files') return `${label}:_files`;
  if (takes === 'text') return `${label}: `;
  if (goesOn) return `${label}:compadd -S "" -- ${words.join(' ')}`;
  return commas ? `${label}:_values -s , ${name} ${words.join(' ')}` : `${label}:(${words.join(' ')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
