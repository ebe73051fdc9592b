/** The body of a request. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { anyText } from './words.ts';

/** Sent as it is. What curl reads as the name of a file is refused, since a server would get the name instead. */
export const bodyText: Kind<string> = scalar({
  placeholder: 'text',
  schema: anyText.schema,
  parse(given) {
    if (/^@[^\s]+$/.test(given))
      throw new ValueError(`${quote(given)} is curl's syntax for a file, which is not supported; give the text itself`);
    return anyText.read(given);
  },
});
