{{/* Names are fixed: the operator's own objects, such as its Lease and ConfigMaps, have fixed names too. */}}

{{- define "portcullis.selector" -}}
app.kubernetes.io/name: portcullis
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "portcullis.labels" -}}
{{- include "portcullis.labelsOf" (list . (include "portcullis.selector" . | fromYaml)) -}}
{{- end }}

{{/* The labels of an object, or of a pod, that its selector chooses by. Takes root, selector and perhaps more labels. */}}
{{- define "portcullis.labelsOf" -}}
{{- $root := index . 0 -}}
{{- $own := dict
  "app.kubernetes.io/part-of" "portcullis"
  "app.kubernetes.io/managed-by" $root.Release.Service
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- $more := dict -}}
{{- if gt (len .) 2 -}} {{- $more = index . 2 | default dict -}} {{- end -}}
{{- mergeOverwrite (dict) ($root.Values.commonLabels | default dict) $more (index . 1) $own | toYaml -}}
{{- end }}

{{/* Of objects outside namespaces. In namespaced mode there may be several installations in one cluster. */}}
{{- define "portcullis.clusterName" -}}
{{- if .Values.watchNamespaces -}} portcullis-{{ .Release.Namespace }} {{- else -}} portcullis {{- end -}}
{{- end }}

{{/* All, NamespaceScoped or ClusterScoped. */}}
{{- define "portcullis.render" -}}
{{- if .Values.render -}} {{ .Values.render }}
{{- else if .Values.watchNamespaces -}} NamespaceScoped
{{- else -}} All
{{- end -}}
{{- end }}

{{/* "true", or nothing. */}}
{{- define "portcullis.rendersCluster" -}}
{{- if ne (include "portcullis.render" .) "NamespaceScoped" -}} true {{- end -}}
{{- end }}
{{- define "portcullis.rendersNamespaces" -}}
{{- if ne (include "portcullis.render" .) "ClusterScoped" -}} true {{- end -}}
{{- end }}

{{/* Of an image's values, and the tag where they give none: the digest wins. Takes both as a list. */}}
{{- define "portcullis.imageName" -}}
{{- $image := index . 0 -}}
{{- if $image.digest -}} {{ $image.repository }}@{{ $image.digest }}
{{- else -}} {{ $image.repository }}:{{ $image.tag | default (index . 1) }}
{{- end -}}
{{- end }}

{{/*
The security context of a pod of the chart: OpenShift gives user, group and the group of volumes itself, and refuses
others than those of the namespace. Takes root and the context.
*/}}
{{- define "portcullis.podSecurityContext" -}}
{{- $root := index . 0 -}}
{{- $context := index . 1 -}}
{{- if eq $root.Values.platform "OpenShift" -}}
{{- range $name := list "runAsUser" "runAsGroup" "fsGroup" -}}
{{- if eq (toString (get $context $name)) "65532" -}} {{- $context = omit $context $name -}} {{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $context -}}
{{- end }}

{{/* The operator's service account, as the subject of a binding. */}}
{{- define "portcullis.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: portcullis-operator
    namespace: {{ .Release.Namespace }}
{{- end }}

{{/* A RoleBinding to the Role of that name. Takes root, name and namespace. */}}
{{- define "portcullis.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "portcullis.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
{{ include "portcullis.subjects" .root }}
{{- end }}

{{/* namespace/name of a gateway's Service, where its validators are to speak TLS; else nothing. Takes root and the gateway. */}}
{{- define "portcullis.gatewayOverTls" -}}
{{- $root := index . 0 -}}
{{- $gateway := index . 1 -}}
{{- if ne (toString $gateway.tls) "false" -}}
{{ $gateway.namespace | default $root.Release.Namespace }}/{{ $gateway.name | default "portcullis-gateway" }}
{{- end -}}
{{- end }}

{{/*
Refuses a namespace that is not there, by the value that names it: the API server would say so of a Role alone. Only
with a cluster at hand (helm template has none), and in cluster mode: in namespaced mode the installer may read no namespaces.
*/}}
{{- define "portcullis.requireNamespaces" -}}
{{- $root := .root }}
{{- $value := .value }}
{{- if and .namespaces (not $root.Values.watchNamespaces) }}
{{- if lookup "v1" "Namespace" "" "kube-system" }}
{{- range .namespaces }}
{{- if not (lookup "v1" "Namespace" "" .) }}
{{- fail (printf "%s names %s, and there is no such namespace: create it (kubectl create namespace %s), or take it out of the list" $value . .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
