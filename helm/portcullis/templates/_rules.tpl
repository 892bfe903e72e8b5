{{/*
What the operator does in every namespace that it looks at. Each verb has its call in src/operator; docs/install.md
says which. There is nothing here about Secrets.
*/}}
{{- define "portcullis.rules.watched" -}}
- apiGroups: [portcullis.dev]
  resources: [authenticationsources]
  verbs: [list, watch]
- apiGroups: [portcullis.dev]
  resources: [apibindings]
  verbs: [get, list, watch]
- apiGroups: [portcullis.dev]
  resources: [authenticationsources/status, apibindings/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [pods, services]
  verbs: [list, watch]
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [list, watch{{ if .Values.rollout.enabled }}, get, patch{{ end }}]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes, grpcroutes, gateways, referencegrants]
  verbs: [list, watch]
- apiGroups: [gateway.envoyproxy.io]
  resources: [securitypolicies]
  verbs: [list, watch]
- apiGroups: [security.istio.io]
  resources: [authorizationpolicies]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [list, watch, create, patch]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get]
- apiGroups: [""]
  resources: [replicationcontrollers]
  verbs: [get]
{{ include "portcullis.rules.bundle" . }}
{{- if kindIs "invalid" .Values.configMapAccess.namespaces }}
{{ include "portcullis.rules.configMaps" . }}
{{- end }}
{{- end }}

{{/* The ConfigMap with which validators know the control plane. Server-side apply creates by name. */}}
{{- define "portcullis.rules.bundle" -}}
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [portcullis-ca]
  verbs: [list, watch, create, patch, delete]
{{- end }}

{{/* Those that sources name. */}}
{{- define "portcullis.rules.configMaps" -}}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
{{- end }}

{{/*
What no Role can give: who calls the policy server, and the webhooks' caBundle and paths. In namespaced mode tokens are verified
by the API server's public keys instead, which every service account may read.
*/}}
{{- define "portcullis.rules.outside" -}}
{{- if not .Values.watchNamespaces }}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
{{- end }}
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
  resourceNames: [{{ include "portcullis.clusterName" . }}]
  verbs: [get, list, watch, patch]
{{- end }}
