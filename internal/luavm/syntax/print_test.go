package syntax

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// printer writes a tree as source.
type printer struct{ strings.Builder }

// source returns a source whose tree is that of f, apart from lines.
func source(f *Function) string {
	p := &printer{}
	p.block(f.Body)
	return p.String()
}

func (p *printer) block(b *Block) {
	for _, s := range b.Stmts {
		p.stmt(s)
		if _, label := s.(*LabelStmt); !label {
			p.WriteByte(';')
		}
		p.WriteByte('\n')
	}
}

func names(locals []*Local) string {
	var all []string
	for _, l := range locals {
		all = append(all, l.Name)
	}
	return strings.Join(all, ", ")
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *LocalStmt:
		p.WriteString("local " + names(s.Locals))
		if s.Exprs != nil {
			p.WriteString(" = ")
			p.exprs(s.Exprs)
		}
	case *LocalFunctionStmt:
		p.WriteString("local function " + s.Local.Name)
		p.function(s.Func, s.Func.Params)
	case *FunctionStmt:
		p.functionStmt(s)
	case *AssignStmt:
		p.exprs(s.Targets)
		p.WriteString(" = ")
		p.exprs(s.Exprs)
	case *CallStmt:
		p.expr(s.Call)
	case *DoStmt:
		p.WriteString("do\n")
		p.block(s.Body)
		p.WriteString("end")
	case *WhileStmt:
		p.WriteString("while ")
		p.expr(s.Cond)
		p.loop(s.Body)
	case *RepeatStmt:
		p.WriteString("repeat\n")
		p.block(s.Body)
		p.WriteString("until ")
		p.expr(s.Cond)
	case *IfStmt:
		p.ifStmt(s)
	case *NumericForStmt:
		p.WriteString("for " + s.Var.Name + " = ")
		p.exprs([]Expr{s.Start, s.Limit})
		if s.Step != nil {
			p.WriteString(", ")
			p.expr(s.Step)
		}
		p.loop(s.Body)
	case *GenericForStmt:
		p.WriteString("for " + names(s.Vars) + " in ")
		p.exprs(s.Exprs)
		p.loop(s.Body)
	case *ReturnStmt:
		p.WriteString("return ")
		p.exprs(s.Exprs)
	case *BreakStmt:
		p.WriteString("break")
	case *GotoStmt:
		p.WriteString("goto " + s.Label.Name)
	case *LabelStmt:
		p.WriteString("::" + s.Name + "::")
	}
}

func (p *printer) loop(b *Block) {
	p.WriteString(" do\n")
	p.block(b)
	p.WriteString("end")
}

func (p *printer) ifStmt(s *IfStmt) {
	word := "if "
	for _, c := range s.Clauses {
		p.WriteString(word)
		p.expr(c.Cond)
		p.WriteString(" then\n")
		p.block(c.Body)
		word = "elseif "
	}
	if s.Else != nil {
		p.WriteString("else\n")
		p.block(s.Else)
	}
	p.WriteString("end")
}

func (p *printer) functionStmt(s *FunctionStmt) {
	p.WriteString("function ")
	params, target := s.Func.Params, s.Target
	if !s.Method {
		p.path(target)
		p.function(s.Func, params)
		return
	}
	index := target.(*IndexExpr)
	p.path(index.Object)
	p.WriteString(":" + index.Key.(*StringExpr).Value)
	p.function(s.Func, params[1:])
}

// path writes a.b.c without brackets, which a function's name cannot have.
func (p *printer) path(e Expr) {
	if index, ok := e.(*IndexExpr); ok {
		p.path(index.Object)
		p.WriteString("." + index.Key.(*StringExpr).Value)
		return
	}
	p.expr(e)
}

func (p *printer) function(f *Function, params []*Local) {
	p.WriteString("(" + names(params))
	if f.IsVararg {
		if len(params) > 0 {
			p.WriteString(", ")
		}
		p.WriteString("...")
	}
	p.WriteString(")\n")
	p.block(f.Body)
	p.WriteString("end")
}

func (p *printer) exprs(exprs []Expr) {
	for i, e := range exprs {
		if i > 0 {
			p.WriteString(", ")
		}
		p.expr(e)
	}
}

var opTexts = [...]string{"+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", ">=", "<=", ">", "and", "or", "not", "-", "#"}

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *NilExpr:
		p.WriteString("nil")
	case *TrueExpr:
		p.WriteString("true")
	case *FalseExpr:
		p.WriteString("false")
	case *NumberExpr:
		p.number(e.Value)
	case *StringExpr:
		p.quoted(e.Value)
	case *CdataExpr:
		p.WriteString(e.Text)
	case *VarargExpr:
		p.WriteString("...")
	case *FunctionExpr:
		p.WriteString("function")
		p.function(e.Func, e.Func.Params)
	case *LocalExpr:
		p.WriteString(e.Local.Name)
	case *UpvalueExpr:
		p.WriteString(e.Local.Name)
	case *GlobalExpr:
		p.WriteString(e.Name)
	case *IndexExpr:
		p.expr(e.Object)
		p.WriteByte('[')
		p.expr(e.Key)
		p.WriteByte(']')
	case *CallExpr:
		p.expr(e.Func)
		p.WriteByte('(')
		p.exprs(e.Args)
		p.WriteByte(')')
	case *MethodCallExpr:
		p.expr(e.Receiver)
		p.WriteString(":" + e.Name + "(")
		p.exprs(e.Args)
		p.WriteByte(')')
	case *TableExpr:
		p.table(e)
	case *UnaryExpr:
		p.WriteString(opTexts[e.Op] + " ")
		p.expr(e.Operand)
	case *BinaryExpr:
		p.expr(e.Left)
		p.WriteString(" " + opTexts[e.Op] + " ")
		p.expr(e.Right)
	case *ParenExpr:
		p.WriteByte('(')
		p.expr(e.Inner)
		p.WriteByte(')')
	}
}

func (p *printer) number(f float64) {
	if math.IsInf(f, 0) {
		p.WriteString("1e999")
		return
	}
	p.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
}

func (p *printer) quoted(s string) {
	p.WriteByte('"')
	for i := range len(s) {
		fmt.Fprintf(p, `\%03d`, s[i])
	}
	p.WriteByte('"')
}

func (p *printer) table(t *TableExpr) {
	p.WriteByte('{')
	for _, item := range t.Items {
		if item.Key != nil {
			p.WriteByte('[')
			p.expr(item.Key)
			p.WriteString("] = ")
		}
		p.expr(item.Value)
		p.WriteString(", ")
	}
	p.WriteByte('}')
}

// withoutLines sets all lines of a tree to 0.
func withoutLines(f *Function) *Function {
	seen := map[uintptr]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Pointer()] {
				seen[v.Pointer()] = true
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Int32:
			if v.Type() == reflect.TypeFor[Line]() {
				v.SetInt(0)
			}
		}
	}
	walk(reflect.ValueOf(f))
	return f
}

// checkPrinted parses what is printed of a tree and compares.
func checkPrinted(t *testing.T, code string) {
	t.Helper()
	f, err := Parse([]byte(code), "x")
	if err != nil {
		return
	}
	text := source(f)
	again, err := Parse([]byte(text), "x")
	if err != nil {
		// A printed source may be deeper than its tree's: a table's key gets brackets.
		if e := err.(*Error); strings.Contains(e.Message, "too many syntax levels") {
			return
		}
		t.Fatalf("%.300q is printed as\n%.300s\n%v", code, text, err)
	}
	if !reflect.DeepEqual(withoutLines(f), withoutLines(again)) {
		t.Fatalf("%.300q is printed as\n%.300s\nwhich has another tree", code, text)
	}
}

// TestPrintedTreesParseToThemselves prints the trees of all sources of
// testdata/luajit.txt and of the project's Lua files.
func TestPrintedTreesParseToThemselves(t *testing.T) {
	sources, _ := recordedAnswers(t)
	for _, s := range append(sources, projectFiles(t)...) {
		checkPrinted(t, s)
	}
}

// TestProjectFilesParse parses all Lua files of the project but the one that is wrong on
// purpose.
func TestProjectFilesParse(t *testing.T) {
	for _, s := range projectFiles(t) {
		if _, err := Parse([]byte(s), "x"); err != nil && !strings.Contains(s, "= = 2 --> syntax error") {
			t.Errorf("%.100q: %v", s, err)
		}
	}
}

// projectFiles returns the Lua files of the project.
func projectFiles(t testing.TB) (all []string) {
	t.Helper()
	err := filepath.WalkDir("../../..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".lua" {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(all, string(b))
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}
