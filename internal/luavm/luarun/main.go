package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm"
)

func main() {
	os.Exit(run())
}

func run() int {
	if p := os.Getenv("CPUPROFILE"); p != "" {
		f, _ := os.Create(p)
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	L := lua.NewState()
	s := luavm.NewState(L)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	luavm.OpenBase(s, out)
	luavm.OpenDev(s, L, out)
	if len(os.Args) > 2 && os.Args[1] == "-l" {
		src, _ := os.ReadFile(os.Args[2])
		fmt.Println(luavm.List(src))
		return 0
	}
	src, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	arg := luavm.NewTable(0, 0)
	for i, a := range os.Args[1:] {
		arg.SetInt(i, luavm.Intern(a).Value())
	}
	s.Globals.SetStr(luavm.Intern("arg"), arg.Value())
	name := os.Args[1]
	if strings.HasPrefix(name, "/") && os.Getenv("BASE") != "" {
		name = filepath.Base(name)
	}
	f, err := s.Load(src, "@"+name, s.Globals)
	if err == nil {
		_, err = s.Call(f.Value())
	}
	if err != nil {
		out.Flush()
		fmt.Fprintln(os.Stderr, "luajit:", err)
		if e, ok := err.(*luavm.Error); ok {
			fmt.Fprintln(os.Stderr, e.Traceback)
		}
		return 1
	}
	return 0
}
