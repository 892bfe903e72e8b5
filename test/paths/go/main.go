// Go's ServeMux with the app of the corpus, on a free port, which is printed.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func reach(handler string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "reached:"+handler) }
}

func listen(name string, handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.Serve(listener, handler)) }()
	fmt.Printf("%s listens on %d\n", name, listener.Addr().(*net.TCPAddr).Port)
}

func main() {
	mux := http.NewServeMux()
	mux.Handle("/public", reach("public"))
	mux.Handle("/public/", reach("public"))
	mux.Handle("/admin", reach("admin"))
	mux.Handle("/admin/", reach("admin"))
	mux.Handle("/", reach("other"))
	listen(os.Args[1], mux)
	select {}
}
