// Command pilot-agent is Istio's own, as far as tests need it: in a gateway's pod it configures Envoy and starts it.
package main

import (
	"os"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/cmd/pilot-agent/app"
	istioagent "istio.io/istio/pkg/istio-agent"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/security"
	"istio.io/istio/security/pkg/nodeagent/sds"
)

func main() {
	log.EnableKlogWithCobra()
	secrets := func(options *security.Options, cache security.SecretManager, keys *meshconfig.PrivateKeyProvider) istioagent.SDSService {
		return sds.NewServer(options, cache, keys)
	}
	if err := app.NewRootCommand(secrets).Execute(); err != nil {
		log.Error(err)
		os.Exit(1)
	}
}
