import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** Servers of Jakarta EE with the app of the corpus, by the names that are given; each on a free port, which is printed. */
public final class Servers {
  private static final Map<String, String[]> APP =
      Map.of(
          "public", new String[] {"/public/*"},
          "admin", new String[] {"/admin/*"},
          "other", new String[] {"/"});

  public static void main(String[] names) throws Exception {
    for (String name : names) {
      boolean lenient = name.endsWith(", lenient");
      switch (name.split(" ")[0]) {
        case "Jetty" -> jetty(name, lenient);
        case "Tomcat" -> tomcat(name, lenient, null);
        case "Undertow" -> undertow(name, lenient);
        case "Spring" -> tomcat(name, lenient, spring());
        default -> throw new IllegalArgumentException(name);
      }
    }
  }

  private static Servlet spring() {
    AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
    context.register(App.class);
    return new DispatcherServlet(context);
  }

  private static void listens(String name, int port) {
    System.out.println(name + " listens on " + port);
  }

  private static void jetty(String name, boolean lenient) throws Exception {
    Server server = new Server();
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setUriCompliance(lenient ? UriCompliance.UNSAFE : UriCompliance.DEFAULT);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.getServletHandler().setDecodeAmbiguousURIs(lenient);
    APP.forEach(
        (handler, patterns) -> {
          for (String pattern : patterns) {
            context.addServlet(new ServletHolder(new Answer(handler)), pattern);
          }
        });
    server.setHandler(context);
    server.start();
    listens(name, connector.getLocalPort());
  }

  private static void tomcat(String name, boolean lenient, Servlet alone) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    if (lenient) {
      connector.setAllowBackslash(true);
      connector.setEncodedSolidusHandling(EncodedSolidusHandling.DECODE.getValue());
      connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.DECODE.getValue());
      connector.setProperty("relaxedPathChars", "<>[\\]^`{|}\"");
      connector.setProperty("relaxedQueryChars", "<>[\\]^`{|}\"");
    }
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    if (alone != null) {
      Tomcat.addServlet(context, "alone", alone).setLoadOnStartup(1);
      context.addServletMappingDecoded("/", "alone");
    } else {
      APP.forEach(
          (handler, patterns) -> {
            Tomcat.addServlet(context, handler, new Answer(handler));
            for (String pattern : patterns) {
              context.addServletMappingDecoded(pattern, handler);
            }
          });
    }
    tomcat.start();
    listens(name, connector.getLocalPort());
  }

  private static void undertow(String name, boolean lenient) throws Exception {
    DeploymentInfo deployment =
        Servlets.deployment()
            .setClassLoader(Servers.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName(name);
    APP.forEach(
        (handler, patterns) ->
            deployment.addServlet(
                Servlets.servlet(handler, Answer.class)
                    .addInitParam("handler", handler)
                    .addMappings(patterns)));
    var manager = Servlets.defaultContainer().addDeployment(deployment);
    manager.deploy();
    Undertow server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(8)
            .setServerOption(UndertowOptions.ALLOW_ENCODED_SLASH, lenient)
            .setServerOption(UndertowOptions.DECODE_SLASH, lenient)
            .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, lenient)
            .setHandler(manager.start())
            .build();
    server.start();
    listens(name, ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort());
  }

  /** Says which handler was reached. */
  public static final class Answer extends HttpServlet {
    private String handler;

    public Answer() {}

    Answer(String handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String name = handler == null ? getInitParameter("handler") : handler;
      response.setContentType("text/plain");
      response.getWriter().print("reached:" + name);
    }
  }

  @EnableWebMvc
  @Controller
  public static class App {
    @RequestMapping({"/public", "/public/**"})
    @ResponseBody
    public String open() {
      return "reached:public";
    }

    @RequestMapping({"/admin", "/admin/**"})
    @ResponseBody
    public String admin() {
      return "reached:admin";
    }

    @RequestMapping("/**")
    @ResponseBody
    public String other() {
      return "reached:other";
    }
  }
}
