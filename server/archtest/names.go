package archtest

import "go/ast"

// nameOf is a function's name, after its receiver's: "Check", "tree.skips".
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	return receiver(f) + "." + f.Name.Name
}

// receiver is the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	for {
		switch of := t.(type) {
		case *ast.StarExpr:
			t = of.X
		case *ast.IndexExpr:
			t = of.X
		case *ast.IndexListExpr:
			t = of.X
		case *ast.Ident:
			return of.Name
		default:
			return ""
		}
	}
}

// listExported counts the exported names of a declaration, and notes those
// without a comment: on the name, beside it, or on the group that it is in.
func (s *source) listExported(declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || ast.IsExported(receiver(d)) {
			s.listName(d.Name, nameOf(d), d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.listName(spec.Name, spec.Name.Name, d.Doc, spec.Doc, spec.Comment)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					s.listName(name, name.Name, d.Doc, spec.Doc, spec.Comment)
				}
			}
		}
	}
}

func (s *source) listName(name *ast.Ident, full string, comments ...*ast.CommentGroup) {
	if !name.IsExported() {
		return
	}
	s.exported++
	for _, comment := range comments {
		if comment.Text() != "" {
			return
		}
	}
	s.bare = append(s.bare, full)
}
