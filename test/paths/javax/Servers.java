import java.io.IOException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** Servers of Java EE with the app of the corpus, by the names that are given; each on a free port, which is printed. */
public final class Servers {
  public static void main(String[] args) throws Exception {
    ServletContextHandler servlets = new ServletContextHandler();
    servlets.addServlet(new ServletHolder(new Answer("public")), "/public/*");
    servlets.addServlet(new ServletHolder(new Answer("admin")), "/admin/*");
    servlets.addServlet(new ServletHolder(new Answer("other")), "/");
    jetty(args[0], servlets);

    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(App.class);
    ServletContextHandler alone = new ServletContextHandler();
    alone.addServlet(new ServletHolder(new DispatcherServlet(spring)), "/");
    jetty(args[1], alone);
  }

  private static void jetty(String name, ServletContextHandler context) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    context.setContextPath("/");
    server.setHandler(context);
    server.start();
    System.out.println(name + " listens on " + connector.getLocalPort());
  }

  /** Says which handler was reached. */
  public static final class Answer extends HttpServlet {
    private final String handler;

    Answer(String handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().print("reached:" + handler);
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
