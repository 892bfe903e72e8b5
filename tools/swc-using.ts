/** Teaches swc's visitor, which dependency-cruiser walks every file with, the statement `using` (ES2026). */
import type { Statement, VariableDeclarator } from '@swc/core';
import { Visitor } from '@swc/core/Visitor.js';

interface UsingDeclaration {
  readonly type: 'UsingDeclaration';
  decls: VariableDeclarator[];
}

const visitStatement = Visitor.prototype.visitStatement;

/** Without this, one `using` anywhere ends the whole look with "Unknown statement type". */
Visitor.prototype.visitStatement = function (
  this: Visitor,
  statement: Statement | UsingDeclaration,
): Statement {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement as Statement & UsingDeclaration; // swc's types do not know it either
};
