// Command pilot-discovery is Istio's own: istiod. It has the libraries in the versions that Kubernetes has in test/apiserver,
// as far as Istio takes them: what has been compiled for that need not be compiled again.
package main

import (
	"os"

	"istio.io/istio/pilot/cmd/pilot-discovery/app"
	"istio.io/istio/pkg/log"
)

func main() {
	log.EnableKlogWithCobra()
	if err := app.NewRootCommand().Execute(); err != nil {
		log.Error(err)
		os.Exit(1)
	}
}
