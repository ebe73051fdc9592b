/**
 * Variables of the environment in the values of a scenario file: `${NAME}`, and `${NAME:-default}` where it may be
 * missing; `$${` stands for the two characters themselves. Only where the file names one, only in values, and only
 * once: what a variable holds is a text, and is not looked at for further variables.
 *
 * A variable that is empty counts as not set, as in a shell's `:-`: a token that a CI job forgot would otherwise be sent
 * as nothing. What stands in for a variable is shown and redacted as the option's value is that it becomes.
 */

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with a reference, and where in the text it begins. */
export interface ReferenceTrouble {
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_]\w{0,99})(?::-([^}]*))?\})?/g;

/** The text with what its variables hold, or the first trouble. */
export function withVariables(text: string, environment: Environment): string | ReferenceTrouble {
  let trouble: ReferenceTrouble | null = null;
  const filled = text.replace(
    REFERENCE,
    (reference: string, name: string | undefined, fallback: string | undefined, at: number) => {
      if (reference === '$${') return '${';
      if (name === undefined) {
        trouble ??= {
          at,
          message: '"${" begins an environment variable, but no name with a closing "}" follows',
          hint: 'Write ${NAME} or ${NAME:-default}; write $${ for a literal "${".',
        };
        return '';
      }
      const value = environment[name] || fallback;
      trouble ??=
        value === undefined
          ? {
              at,
              message: `the environment variable ${name} is not set`,
              hint: `Export it, or write \${${name}:-default}.`,
            }
          : null;
      return value ?? '';
    },
  );
  return trouble ?? filled;
}

/** The text as a file has it, whatever it is. */
export function withoutVariables(text: string): string {
  return text.replaceAll('${', () => '$${');
}
