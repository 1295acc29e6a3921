package glua

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// ShareString makes a Lua string that refers to text, and to the object that text is a
// field of. text must not change.
func ShareString(text *string) (v lua.LValue) {
	*(*interfaceLayout)(unsafe.Pointer(&v)) = interfaceLayout{stringMethods, unsafe.Pointer(text)}
	return v
}

// interfaceLayout is how Go lays out an interface that has methods and holds no
// pointer.
type interfaceLayout struct {
	methods unsafe.Pointer // of the dynamic type
	value   unsafe.Pointer
}

var stringMethods = func() unsafe.Pointer {
	v := lua.LValue(lua.LString(""))
	return (*interfaceLayout)(unsafe.Pointer(&v)).methods
}()
