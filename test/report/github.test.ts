import { expect, test } from 'vitest';
import { withoutCommands, workflowCommand } from '../../src/report/github.ts';

test('a workflow command escapes its data and its properties as the toolkit does', () => {
  expect(workflowCommand('warning', 'a:b,c%\r\n', '100%\r\nof a:b,c')).toBe(
    '::warning title=a%3Ab%2Cc%25%0D%0A::100%25%0D%0Aof a:b,c\n',
  );
});

test('a command of the older kind loses its beginning, wherever it stands', () => {
  expect(withoutCommands('failed /a##[error]x/##[group]: EPERM')).toBe(
    'failed /a#\\x23[error]x/#\\x23[group]: EPERM',
  );
  expect(withoutCommands('###[error]')).not.toContain('##[');
});
