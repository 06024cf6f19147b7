// What is used of the playground's packages. The type check of the root must pass where they are not installed.
declare module 'sucrase' {
  export function transform(
    code: string,
    options: { readonly transforms: readonly string[]; readonly disableESTransforms?: boolean },
  ): { readonly code: string };
}

declare module '@lezer/javascript' {
  export interface SyntaxNode {
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly parent: SyntaxNode | null;
    readonly firstChild: SyntaxNode | null;
    readonly lastChild: SyntaxNode | null;
    readonly nextSibling: SyntaxNode | null;
    readonly prevSibling: SyntaxNode | null;
    getChild(name: string): SyntaxNode | null;
  }
  export interface SyntaxNodeRef {
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly type: { readonly isError: boolean };
    readonly node: SyntaxNode;
  }
  export interface Tree {
    readonly topNode: SyntaxNode;
    iterate(visitor: { enter(node: SyntaxNodeRef): boolean | void; leave?(node: SyntaxNodeRef): void }): void;
  }
  export interface Parser {
    configure(options: { readonly dialect: string }): Parser;
    parse(code: string): Tree;
  }
  export const parser: Parser;
}
