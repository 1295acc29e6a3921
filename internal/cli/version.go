package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// version is the version of microts. The Makefile sets it when it links.
var version = "development"

func newVersionCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of microts, Lua, RocksDB and Go",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rocks, err := store.RocksDBVersion()
			if err != nil {
				rocks = "unknown (" + err.Error() + ")"
			}
			fmt.Fprintf(p.out, "microts  %s\nLua      %s (gopher-lua %s)\nRocksDB  %s (grocksdb %s)\nGo       %s\n",
				version, lua.LuaVersion, moduleVersion("github.com/yuin/gopher-lua"),
				rocks, moduleVersion("github.com/linxGnu/grocksdb"), runtime.Version())
			return nil
		},
	}
}

// versionLine returns the versions of microts and Lua, for -v and the console.
func versionLine() string {
	return fmt.Sprintf("microts %s (%s, gopher-lua %s)", version, lua.LuaVersion, moduleVersion("github.com/yuin/gopher-lua"))
}

// moduleVersion returns the version of a Go module in this binary, or "unknown".
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "unknown"
}
