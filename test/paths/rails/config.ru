# Rails with the app of the corpus; it guards nothing, and says which of its actions was reached.
require "action_controller/railtie"

class Corpus < Rails::Application
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = "none"
  config.hosts.clear
  config.logger = Logger.new(nil)
  routes.append do
    %w[public admin].each do |handler|
      match "/#{handler}", to: "corpus##{handler}", via: :all
      match "/#{handler}/*rest", to: "corpus##{handler}", via: :all
    end
    root to: "corpus#other"
    match "/*rest", to: "corpus#other", via: :all
  end
end

class CorpusController < ActionController::Base
  %w[public admin other].each do |handler|
    define_method(handler) { render plain: "reached:#{handler}" }
  end
end

Corpus.initialize!
run Corpus
