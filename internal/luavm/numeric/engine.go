package numeric

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"runtime"
	"sync"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	pageSize    = 1 << 16
	windowPages = 1<<16 - 1
	// windowSize leaves room for what an access adds to an offset.
	windowSize = windowPages*pageSize - 64<<20
)

// Window is the address at which the window begins: below the heap's first arena. Go
// takes memory for its heap from there upward.
var Window = func() uint64 {
	const arena = 64 << 20
	first := make([]byte, 16+runtime.NumCPU()) // on the heap, because its size is not known
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(first))))&^(arena-1) - pageSize
}()

// InWindow returns the offset of an address in the window.
func InWindow(address uintptr) (offset uint64, ok bool) {
	offset = uint64(address) - Window
	return offset, offset < windowSize
}

// window is the linear memory of all modules.
type window struct{ memory []byte }

func (w *window) Reallocate(uint64) []byte { return w.memory }
func (w *window) Free()                    {}

// engine has what all loops share. It is made when the first loop is compiled.
type engine struct {
	ctx     context.Context
	runtime wazero.Runtime
	err     error
}

// CallNumber calls a function of one number that is at an address. The machine sets it.
var CallNumber func(function uint64, x float64) float64

// CallNumbers is the same for functions of two numbers.
var CallNumbers func(function uint64, x, y float64) float64

var theEngine = sync.OnceValue(func() (e engine) {
	defer func() {
		if r := recover(); r != nil { // wazero has no compiler for this processor
			e.err = errors.New("no compiler for " + runtime.GOOS + "/" + runtime.GOARCH)
		}
	}()
	if bits.UintSize != 64 { // the window would not be a slice
		e.err = errors.New("the processor has not 64 bits")
		return e
	}
	w := &window{}
	type header struct {
		address uint64
		len     int
		cap     int
	}
	*(*header)(unsafe.Pointer(&w.memory)) = header{Window, windowPages * pageSize, windowPages * pageSize}
	allocate := func(uint64, uint64) experimental.LinearMemory { return w }
	e.ctx = experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(allocate))
	e.runtime = wazero.NewRuntimeWithConfig(e.ctx, wazero.NewRuntimeConfigCompiler())
	_, e.err = e.runtime.NewHostModuleBuilder("go").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(callNumber), []api.ValueType{api.ValueTypeI32, api.ValueTypeF64}, []api.ValueType{api.ValueTypeF64}).Export("number").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(callNumbers), []api.ValueType{api.ValueTypeI32, api.ValueTypeF64, api.ValueTypeF64}, []api.ValueType{api.ValueTypeF64}).Export("numbers").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(callPow), []api.ValueType{api.ValueTypeF64, api.ValueTypeF64}, []api.ValueType{api.ValueTypeF64}).Export("pow").
		Instantiate(e.ctx)
	return e
})

func callNumber(_ context.Context, stack []uint64) {
	stack[0] = math.Float64bits(CallNumber(Window+uint64(uint32(stack[0])), math.Float64frombits(stack[1])))
}

func callNumbers(_ context.Context, stack []uint64) {
	x, y := math.Float64frombits(stack[1]), math.Float64frombits(stack[2])
	stack[0] = math.Float64bits(CallNumbers(Window+uint64(uint32(stack[0])), x, y))
}

func callPow(_ context.Context, stack []uint64) {
	stack[0] = math.Float64bits(pow(math.Float64frombits(stack[0]), math.Float64frombits(stack[1])))
}

// loaded is the machine code of a loop.
type loaded struct {
	compiled wazero.CompiledModule
	module   api.Module
}

// load makes machine code of the loop.
func (l *Loop) load() error {
	e := theEngine()
	if e.err != nil {
		return e.err
	}
	compiled, err := e.runtime.CompileModule(e.ctx, l.binary)
	if err != nil {
		return err
	}
	m, err := e.runtime.InstantiateModule(e.ctx, compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return err
	}
	l.code = &loaded{compiled, m}
	l.binary = nil
	return nil
}

// close frees the machine code, which must not run any more.
func (c *loaded) close() {
	ctx := theEngine().ctx
	c.module.Close(ctx)
	c.compiled.Close(ctx)
}

// Entry enters a loop. One goroutine at a time may use it.
type Entry struct {
	*Loop
	Block []uint64 // the values of Reads, where their places say; after Run, of the exit
	f     api.Function
	stack [1]uint64
	at    uint64
}

// NewEntry returns a way into the loop. It is not ok if memory is outside the window.
func (l *Loop) NewEntry() (e *Entry, ok bool) {
	e = &Entry{Loop: l, Block: make([]uint64, l.Slots), f: l.code.module.ExportedFunction("main")}
	e.at, ok = InWindow(uintptr(unsafe.Pointer(unsafe.SliceData(e.Block))))
	e.Block[slotBase] = Window
	return e, ok
}

// Run runs the loop and returns where it left it, and about how many instructions it has
// run. env is where the table of the globals is in the window.
func (e *Entry) Run(env uint64) (exit *Exit, ran int) {
	e.Block[slotEnv] = env
	e.Block[slotFuel] = Fuel
	e.stack[0] = e.at
	if err := e.f.CallWithStack(theEngine().ctx, e.stack[:]); err != nil {
		panic(err) // an access beyond the window, which the guards rule out
	}
	return &e.Exits[e.stack[0]], Fuel - int(int32(e.Block[slotFuel]))
}
