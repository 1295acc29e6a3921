package syntax

// Line is a line of the source, from 1. Nodes embed it: the line of a node is the
// line that a message or a traceback names if the node's own instruction fails.
//
// It is the line that LuaJIT gives to the instruction, and that is the line of the
// last token read before the instruction can be made:
//
//	a call              of the first token of its arguments: "(", "{" or the end of a string
//	an operator         of the last token of its right operand
//	an index, a global  of the token that ends it: a name, "]"; of a "," "or operator
//	                    right behind it; of the ")" around it, or behind it as a last argument
//	an assignment       of the last token of its last expression
type Line int32

// At returns the line.
func (l Line) At() Line { return l }

// Function is the body of a function, or a whole Lua chunk, which is a function
// with variable arguments and without a parent.
type Function struct {
	Line         // of the word "function"; 0 for a chunk
	EndLine Line // of its "end"; for a chunk, of the end of the source
	Parent  *Function

	Params     []*Local // with self, if it is declared as a method
	IsVararg   bool     // its parameters end with "..."
	UsesVararg bool     // "..." stands in its body, outside of inner functions
	HasInner   bool     // it has inner functions

	Locals   []*Local  // all that it declares, in order: Locals[i].Index is i
	Upvalues []Upvalue // in the order of their first use
	Body     *Block    // Body.Locals begins with the parameters
}

// Local is a local variable, a parameter or the variable of a loop. Each declaration
// makes one, so a name that is declared again is another Local.
type Local struct {
	Name  string
	Line  Line  // of its declaration
	Index int32 // in the Locals of its function

	// Slot is how many locals of its function are in scope before it. The three hidden
	// values of a loop count: a numeric for whose first slot is n has its variable in n+3.
	Slot int32

	Captured bool // an inner function uses it
	Assigned bool // it is assigned after its declaration, by its function or an inner one
}

// Upvalue is a variable of an outer function that a function uses, itself or for an
// inner function.
type Upvalue struct {
	Local *Local // the variable

	// Index is where the function around finds the variable: in its Locals if FromLocal is
	// true, else in its Upvalues.
	Index     int32
	FromLocal bool
}

// Block is a list of statements with a scope of its own. The variables of a for
// belong to its body.
type Block struct {
	Stmts  []Stmt
	Locals []*Local // declared right in it, not in inner blocks

	// Captured is true if one of Locals is captured: when the block ends, and before the
	// next iteration of a loop, closures must get their own copies.
	Captured bool
}

// Stmt is a statement: one of the types *...Stmt of this package.
type Stmt interface {
	At() Line // of its first token, if its type does not say otherwise
	stmt()
}

// The statements.
type (
	// LocalStmt is local a, b = x, y. The variables come into scope behind it.
	LocalStmt struct {
		Line
		Locals []*Local
		Exprs  []Expr
	}

	// LocalFunctionStmt is local function f() end. The variable is in scope in the function.
	LocalFunctionStmt struct {
		Line
		Local *Local
		Func  *Function
	}

	// FunctionStmt is function f() end, function a.b.c() end or function a.b:c() end. It
	// assigns to Target.
	FunctionStmt struct {
		Line
		Target Expr
		Method bool // declared with ":": its first parameter is self
		Func   *Function
	}

	// AssignStmt is a, b.c = x, y. Its line is that of its last token.
	AssignStmt struct {
		Line
		Targets []Expr // each a *LocalExpr, *UpvalueExpr, *GlobalExpr or *IndexExpr
		Exprs   []Expr
	}

	// CallStmt is a call whose results are dropped.
	CallStmt struct {
		Line
		Call Expr // a *CallExpr or *MethodCallExpr
	}

	// DoStmt is do ... end.
	DoStmt struct {
		Line
		Body *Block
	}

	// WhileStmt is while x do ... end.
	WhileStmt struct {
		Line
		Cond Expr
		Body *Block
	}

	// RepeatStmt is repeat ... until x. The locals of Body are in scope in Cond.
	RepeatStmt struct {
		Line
		Body *Block
		Cond Expr
	}

	// IfStmt is if x then ... elseif y then ... else ... end.
	IfStmt struct {
		Line
		Clauses []IfClause // at least one
		Else    *Block     // or nil
	}

	// NumericForStmt is for i = x, y, z do ... end.
	NumericForStmt struct {
		Line
		DoLine             Line // of its "do": what a wrong start, limit or step is reported at
		Var                *Local
		Start, Limit, Step Expr // Step is nil if it is left out
		Body               *Block
	}

	// GenericForStmt is for a, b in x do ... end.
	GenericForStmt struct {
		Line
		CallLine Line // of the first token behind "in": what the call of the iterator is reported at
		Vars     []*Local
		Exprs    []Expr
		Body     *Block
	}

	// ReturnStmt is return x, y. It is the last statement of its block. Its line is that of
	// its last token: a tail call is reported at it, not at the line of the call.
	ReturnStmt struct {
		Line
		Exprs []Expr
	}

	// BreakStmt leaves the innermost loop around it.
	BreakStmt struct {
		Line
		Jump
		Loop Stmt // the loop: a *WhileStmt, *RepeatStmt, *NumericForStmt or *GenericForStmt
	}

	// GotoStmt continues behind a label.
	GotoStmt struct {
		Line
		Jump
		Label *LabelStmt
	}

	// LabelStmt is ::name::.
	LabelStmt struct {
		Line
		Name string
		Used bool // a goto goes to it
	}
)

// IfClause is a condition with the block that runs if it is true.
type IfClause struct {
	Cond Expr
	Body *Block
}

// Jump says what a break or goto leaves.
type Jump struct {
	// Keep is how many locals of the function are in scope before and after the jump: those
	// with a Slot from Keep on end.
	Keep int32

	// Closes is true if one of the locals that end is captured.
	Closes bool
}

// Expr is an expression: one of the types *...Expr of this package.
type Expr interface {
	At() Line
	expr()
}

// The expressions.
type (
	// NilExpr is nil.
	NilExpr struct{ Line }

	// TrueExpr is true.
	TrueExpr struct{ Line }

	// FalseExpr is false.
	FalseExpr struct{ Line }

	// NumberExpr is a number.
	NumberExpr struct {
		Line
		Value float64
	}

	// StringExpr is a string, with its escapes decoded.
	StringExpr struct {
		Line
		Value string
	}

	// CdataExpr is a number that is no Lua number to LuaJIT: 42LL, 42ULL or 3i.
	CdataExpr struct {
		Line
		Text  string
		Value float64 // the nearest number; of 3i, it is 3
	}

	// VarargExpr is "...". It has any number of values.
	VarargExpr struct{ Line }

	// FunctionExpr is function() ... end.
	FunctionExpr struct {
		Line
		Func *Function
	}

	// LocalExpr is a local variable of the function that it stands in.
	LocalExpr struct {
		Line
		Local *Local
	}

	// UpvalueExpr is a local variable of an outer function.
	UpvalueExpr struct {
		Line
		Local *Local
		Index int32 // in the Upvalues of the function that it stands in
	}

	// GlobalExpr is a global variable.
	GlobalExpr struct {
		Line
		Name string
	}

	// IndexExpr is t[k] or t.k, whose key is a *StringExpr.
	IndexExpr struct {
		Line
		Object, Key Expr
	}

	// CallExpr is f(x, y). It has any number of values, and so has its last argument.
	CallExpr struct {
		Line
		Func Expr
		Args []Expr
	}

	// MethodCallExpr is o:f(x, y).
	MethodCallExpr struct {
		Line
		NameLine Line // of Name: what indexing Receiver is reported at
		Receiver Expr
		Name     string
		Args     []Expr
	}

	// TableExpr is {x, k = y, [k] = z}.
	TableExpr struct {
		Line              // of its "{"
		Items []TableItem // in the order of the source
		List  int32       // how many of Items have no key
	}

	// UnaryExpr is not x, -x or #x.
	UnaryExpr struct {
		Line
		Op      Op
		Operand Expr
	}

	// BinaryExpr is an operator with two operands, "and" and "or" among them.
	BinaryExpr struct {
		Line
		Op          Op
		Left, Right Expr
	}

	// ParenExpr is (x). It has one value.
	ParenExpr struct {
		Line
		Inner Expr
	}
)

// TableItem is an item of a table. The last one, if it has no key, may give any number
// of values.
type TableItem struct {
	Key   Expr // or nil; of k = y, a *StringExpr
	Value Expr
}

// Op is an operator.
type Op uint8

// The operators.
const (
	OpAdd Op = iota
	OpSub
	OpMul
	OpDiv
	OpMod
	OpPow
	OpConcat
	OpEQ
	OpNE
	OpLT
	OpGE
	OpLE
	OpGT
	OpAnd
	OpOr
	OpNot
	OpNeg
	OpLen
)

func (*LocalStmt) stmt()         {}
func (*LocalFunctionStmt) stmt() {}
func (*FunctionStmt) stmt()      {}
func (*AssignStmt) stmt()        {}
func (*CallStmt) stmt()          {}
func (*DoStmt) stmt()            {}
func (*WhileStmt) stmt()         {}
func (*RepeatStmt) stmt()        {}
func (*IfStmt) stmt()            {}
func (*NumericForStmt) stmt()    {}
func (*GenericForStmt) stmt()    {}
func (*ReturnStmt) stmt()        {}
func (*BreakStmt) stmt()         {}
func (*GotoStmt) stmt()          {}
func (*LabelStmt) stmt()         {}

func (*NilExpr) expr()        {}
func (*TrueExpr) expr()       {}
func (*FalseExpr) expr()      {}
func (*NumberExpr) expr()     {}
func (*StringExpr) expr()     {}
func (*CdataExpr) expr()      {}
func (*VarargExpr) expr()     {}
func (*FunctionExpr) expr()   {}
func (*LocalExpr) expr()      {}
func (*UpvalueExpr) expr()    {}
func (*GlobalExpr) expr()     {}
func (*IndexExpr) expr()      {}
func (*CallExpr) expr()       {}
func (*MethodCallExpr) expr() {}
func (*TableExpr) expr()      {}
func (*UnaryExpr) expr()      {}
func (*BinaryExpr) expr()     {}
func (*ParenExpr) expr()      {}
