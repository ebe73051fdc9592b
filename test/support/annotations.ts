/** Workflow commands, read as GitHub's runner reads them: https://github.com/actions/runner, ActionCommand.cs. */
export interface ReadAnnotation {
  level: string;
  properties: Record<string, string>;
  message: string;
}

/** Every line is to be one command. @throws for a line that is none */
export function readAnnotations(text: string): ReadAnnotation[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  return text
    .slice(0, -1)
    .split(/\r\n|\n|\r/)
    .map((line) => {
      const parts = /^::([a-z-]+)(?: ([^]*?))?::([^]*)$/.exec(line);
      if (parts === null) throw new Error(`no workflow command: ${JSON.stringify(line)}`);
      const [, level = '', list = '', message = ''] = parts;
      const properties = list.split(',').map((pair): [string, string] => {
        const equals = pair.indexOf('=');
        return [pair.slice(0, equals), unescaped(pair.slice(equals + 1))];
      });
      return { level, properties: Object.fromEntries(properties), message: unescaped(message) };
    });
}

/** What has to be the same whatever text is inside. */
export function annotationShape(text: string): unknown {
  return readAnnotations(text).map(({ level, properties, message }) => [
    level,
    Object.keys(properties),
    message.split('\n').length,
  ]);
}

function unescaped(text: string): string {
  return text
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%');
}
