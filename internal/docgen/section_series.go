package main

import (
	"slices"
	"strconv"
	"strings"

	"microts/internal/ta"
	"microts/luabind"
)

func init() {
	sections["series-methods"] = func() table {
		return functionTable(slices.Concat(behind(luabind.SeriesName, luabind.SeriesFunctions), luabind.SeriesMethods))
	}
	sections["roll-methods"] = func() table { return functionTable(slices.Concat(luabind.RollMethods, luabind.EwmMethods)) }
	sections["indicators"] = indicatorTable
	sections["operator-methods"] = func() table { return functionTable(luabind.OperatorMethods) }
}

// behind returns functions of a module with its name before theirs.
func behind(module string, functions []luabind.Function) []luabind.Function {
	all := slices.Clone(functions)
	for i := range all {
		all[i].Name = module + "." + all[i].Name
	}
	return all
}

// indicatorTable makes the table of the indicators, with their warm-up if no parameters are
// given.
func indicatorTable() table {
	t := table{columns: []column{{title: "call"}, {title: "returns"}, {title: "warm-up"}, {prose: true}}}
	for _, f := range behind(luabind.IndicatorsName, luabind.IndicatorFunctions) {
		i := ta.Find(strings.TrimPrefix(f.Name, luabind.IndicatorsName+"."))
		t.rows = append(t.rows, []string{code(f.Usage()), f.Returns, strconv.Itoa(i.Lookback(i.Presets())), f.Help})
	}
	return t
}
