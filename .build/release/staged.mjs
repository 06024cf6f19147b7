// What is published differs from the repository in two files: package.json says where the repository is, and has
// nothing that only the repository needs; README.md has links that work on a registry's page, and not the sentence that
// nothing is published yet.
// docs/decisions/2026-11-26-links-of-a-release.md says why.

/** `https://host/owner/name`, from the forms in which repositories are named. */
export function repositoryUrl(text) {
  const url = text
    .replace(/^git\+/, '')
    .replace(/^git@([^:]+):/, 'https://$1/')
    .replace(/^ssh:\/\/git@/, 'https://')
    .replace(/(\.git)?\/*$/, '');
  if (!/^https:\/\/[\w.-]+(\/[\w.~-]+){2,}$/.test(url))
    throw new Error(`a repository is https://HOST/OWNER/NAME, and not ${text}`);
  return url;
}

/** Where a host shows a file of a tag as a page, and where it gives the file itself, which a picture needs. */
function addresses(repository, tag) {
  const { host } = new URL(repository);
  if (host.startsWith('gitlab.')) return [`${repository}/-/blob/${tag}/`, `${repository}/-/raw/${tag}/`];
  if (/^(codeberg\.org$|gitea\.|forgejo\.)/.test(host))
    return [`${repository}/src/tag/${tag}/`, `${repository}/raw/tag/${tag}/`];
  return [`${repository}/blob/${tag}/`, `${repository}/raw/${tag}/`];
}

const PICTURE = /(!\[(?:[^[\]]|\[[^[\]]*\])*\]\()([^)\s]+)(?=\))/g;
/** Also the end of a picture. */
const LINK = /(\]\()([^)\s]+)(?=\))/g;
/** Links and pictures that are written as HTML. */
const ATTRIBUTE = /(\s(href|src|srcset)=")([^"\s]+)(?=")/g;
/** Code is left alone. */
const FENCE = /(^```[^]*?^```$)/m;
const isRelative = (target) => !/^(?:[a-z]+:|#|\/)/i.test(target);

/** The Markdown with absolute links to this tag. Those within the page stay as they are. */
export function withAbsoluteLinks(markdown, repository, tag) {
  const [page, file] = addresses(repository, tag);
  const absolute = (target, base) => (isRelative(target) ? base + target : target);
  const links = (text) =>
    text
      .replace(PICTURE, (_, before, target) => before + absolute(target, file))
      .replace(LINK, (_, before, target) => before + absolute(target, page))
      .replace(ATTRIBUTE, (_, before, name, target) => before + absolute(target, name === 'href' ? page : file));
  const parts = markdown.split(FENCE);
  return parts.map((part, index) => (index % 2 === 0 ? links(part) : part)).join('');
}

/** The Markdown without what holds only as long as nothing is published. */
export const whenPublished = (markdown) =>
  markdown.replace(/^<!-- until it is published -->\n[^]*?^<!-- end -->\n/gm, '');

/** The relative links and pictures that a Markdown text has, without their fragments. */
export function relativeLinks(markdown) {
  const prose = markdown.split(FENCE).filter((_, index) => index % 2 === 0).join(''); // prettier-ignore
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/\s(?:href|src|srcset)="([^"\s]+)"/g)];
  return targets
    .map(([, target]) => target)
    .filter(isRelative)
    .map((target) => target.replace(/#.*/, ''));
}

/** package.json as it is published. */
export function publishedManifest({ scripts: _scripts, devDependencies: _tools, ...manifest }, repository) {
  if (repository === undefined) return manifest;
  return {
    ...manifest,
    // A registry compares this with where a provenance says that the package was built.
    repository: { type: 'git', url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
  };
}
