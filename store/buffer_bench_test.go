package store

import "testing"

// BenchmarkBufferPut puts writer.lua's ticks into a buffer, without a chain.
func BenchmarkBufferPut(b *testing.B) {
	buf := newHeapBuffer()
	number := uint64(1)
	buf.begin(number)
	values := make([]string, 600)
	for i := range values {
		values[i] = writerValue(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		for !buf.putTick(&benchInstrument, benchStart+int64(i)*100, 0, values[i%600]) {
			number++
			buf.begin(number)
		}
	}
}

// BenchmarkChainPut puts them through a chain that commits nothing.
func BenchmarkChainPut(b *testing.B) {
	c, err := newChain(1, func() (*buffer, error) { return newHeapBuffer(), nil }, func([]byte) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	values := make([]string, 600)
	for i := range values {
		values[i] = writerValue(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := c.put(&benchInstrument, benchStart+int64(i)*100, 0, values[i%600]); err != nil {
			b.Fatal(err)
		}
	}
}
