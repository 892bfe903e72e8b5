// Command signer signs a program for macOS without a certificate ("ad hoc"): a Mac with Apple silicon starts no other.
package main

import (
	"fmt"
	"os"

	"github.com/anchore/quill/quill"
)

func main() {
	program, identity := os.Args[1], os.Args[2]
	config, err := quill.NewSigningConfigFromPEMs(program, "", "", "", false)
	if err == nil {
		err = quill.Sign(*config.WithIdentity(identity))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
