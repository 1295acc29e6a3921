// Command docgen writes the parts of the documents that come from tables in the code:
// the functions, arguments, options, fields of stats, modules, dot commands, flags and reports of
// microts.
//
//	docgen ROOT
//
// A page marks the place of such a part, a section:
//
//	<!-- generated: NAME -->
//	(what docgen writes)
//	<!-- end -->
//
// docgen rewrites the sections of README*.md and of every page below docs/, in
// the project whose root folder is ROOT. The tables speak English; for the Chinese
// pages chinese.go translates each of their sentences. A sentence without a
// translation is an error, so that a changed help text cannot leave an old
// translation behind.
//
// Of this module it imports internal/batch, internal/cli, internal/compat,
// internal/help, internal/importer, internal/repl, luabind and store.
package main
