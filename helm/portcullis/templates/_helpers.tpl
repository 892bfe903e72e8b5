{{/* Names are fixed: the operator's own objects, such as its Lease and ConfigMaps, have fixed names too. */}}

{{- define "portcullis.selector" -}}
app.kubernetes.io/name: portcullis
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "portcullis.labels" -}}
{{ include "portcullis.selector" . }}
app.kubernetes.io/part-of: portcullis
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
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

{{- define "portcullis.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}} {{ $image.repository }}@{{ $image.digest }}
{{- else -}} {{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
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
