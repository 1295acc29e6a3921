package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"microts/store"
)

// version is the version of microts. The Makefile sets it when it links.
var version = "development"

// luaVersion is the language of the scripts.
const luaVersion = "Lua 5.1 with LuaJIT's extensions"

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
			fmt.Fprintf(p.out, "microts  %s\nLua      %s\nRocksDB  %s (grocksdb %s)\nGo       %s\n",
				version, luaVersion, rocks, moduleVersion("github.com/linxGnu/grocksdb"), runtime.Version())
			return nil
		},
	}
}

// versionLine returns the versions of microts and Lua, for -v and the console.
func versionLine() string {
	return fmt.Sprintf("microts %s (%s)", version, luaVersion)
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
