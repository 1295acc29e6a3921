package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"microts/internal/batch"
	"microts/internal/compat"
	"microts/luabind"
)

// newAPITopic makes what "microts help api" prints: the functions of the modules,
// from the same place as the console's help and the README's tables.
func newAPITopic() *cobra.Command {
	var b strings.Builder
	list := func(title string, functions []luabind.Function) {
		b.WriteString(title + "\n")
		for _, f := range functions {
			b.WriteString("\n" + indent(f.Text()) + "\n")
		}
		b.WriteString("\n")
	}
	list(`require "micro_ts"; functions of db are methods too`, luabind.Functions)
	list(`require "libmicro_ts"`, luabind.CFunctions)
	list(`require "storage_engine" (V1), "storage_engine_v2" (V2); each returns true and the result, or false and a message`, luabind.EngineMethods)
	b.WriteString("the global job of microts batch\n")
	for _, m := range batch.Members {
		b.WriteString("\n" + indent(m.Name+"\n"+m.Help) + "\n")
	}
	b.WriteString("\nother modules\n")
	for _, m := range compat.Modules {
		b.WriteString("\n" + indent(m.Name+"\n"+m.Help) + "\n")
	}
	return &cobra.Command{Use: "api", Short: "The functions that Lua scripts have", Long: b.String()}
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n      ") }
