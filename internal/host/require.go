package host

import (
	"microts/internal/compat"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

// openRequire gives the script require and package. Errors name the module, the file and
// the line, and the files are noted for Files.
func (s *State) openRequire() {
	lib.OpenPackage(s.Lua, lib.PackageOptions{
		Path:   packagePath(),
		Load:   func(_ *luavm.Call, path string) (luavm.Value, error) { return s.LoadFile(path) },
		Advice: compat.InsteadOfModule,
	})
}
