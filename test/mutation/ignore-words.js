import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const WORDS = ['StringLiteral', 'TemplateLiteral'];

/** Properties of the catalogue and the known places that are words for people, and decide nothing. */
const TOLD = ['condition', 'versions', 'left', 'source'];

/** Words for people, in which a mutant would show no more than that nobody compares the text. */
class Words {
  shouldIgnore(path) {
    if (!WORDS.includes(path.node.type)) return undefined;
    const isForPeople = isInUsageError(path) || isTold(path) || isDescription(path) || isSource(path);
    return isForPeople ? 'words for people' : undefined;
  }
}

function isInUsageError(path) {
  const error = path.findParent(({ node }) => node.type === 'NewExpression');
  return ['UsageError', 'Error'].includes(error?.node.callee.name);
}

function isTold({ node, parent }) {
  return parent.type === 'ObjectProperty' && parent.value === node && TOLD.includes(parent.key.name);
}

/** `new Option(flags, description)`, `option(flags, description)`, `default(value, words)`. */
function isDescription({ node, parent }) {
  const name = parent.callee?.name ?? parent.callee?.property?.name;
  return ['Option', 'option', 'default'].includes(name) && parent.arguments[1] === node;
}

/** `place(callers, target, source)` of the known places; the source may be put together of several texts. */
function isSource(path) {
  const call = path.findParent(({ node }) => node.type === 'CallExpression');
  const [, , source] = call?.node.callee.name === 'place' ? call.node.arguments : [];
  return (
    path.node === source ||
    (source?.type === 'BinaryExpression' && path.findParent(({ node }) => node === source) !== null)
  );
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Ignore, 'words', Words)];
