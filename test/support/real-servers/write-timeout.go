// A server of streams with Go's own limits: -write is WriteTimeout, -handler the time of a TimeoutHandler around it.
// Each stream is sent its own events, one every -every.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"
)

func main() {
	write := flag.Duration("write", 0, "WriteTimeout")
	handler := flag.Duration("handler", 0, "TimeoutHandler")
	every := flag.Duration("every", time.Second, "between two events")
	flag.Parse()
	var stream http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache, no-transform")
		w.WriteHeader(http.StatusOK)
		control := http.NewResponseController(w)
		control.Flush()
		tick := time.NewTicker(*every)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				if _, err := fmt.Fprintf(w, "id: %d\ndata: {\"n\":%d}\n\n", n, n); err != nil {
					return
				}
				// Within a TimeoutHandler nothing can be flushed, and many a handler does not look.
				control.Flush()
			}
		}
	})
	if *handler > 0 {
		stream = http.TimeoutHandler(stream, *handler, "")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on http://%s/events\n", listener.Addr())
	panic((&http.Server{Handler: stream, WriteTimeout: *write}).Serve(listener))
}
