import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/** Asks a URL as Java's clients do by default, and prints a line for each answer: who asked, and the status. */
@EnableAutoConfiguration
public class Clients {
  public static void main(String[] args) throws Exception {
    String url = args[0];
    String bearer = "Bearer " + args[1];
    try (CloseableHttpClient client = HttpClients.createDefault()) {
      HttpPost post = new HttpPost(url);
      post.setEntity(new StringEntity("body"));
      for (HttpUriRequestBase request : new HttpUriRequestBase[] {new HttpGet(url), post}) {
        request.setHeader("Authorization", bearer);
        print("HttpClient " + request.getMethod(), client.execute(request, answer -> {
          EntityUtils.consume(answer.getEntity());
          return answer.getCode();
        }));
      }
      print("HttpClient without a token", client.execute(new HttpGet(url), answer -> {
        EntityUtils.consume(answer.getEntity());
        return answer.getCode();
      }));
    }
    // Where HttpClient is among the libraries, Spring Boot's builder makes clients over it.
    try (ConfigurableApplicationContext boot = SpringApplication.run(Clients.class)) {
      RestClient spring = boot.getBean(RestClient.Builder.class)
          .defaultStatusHandler(status -> true, (request, answer) -> {})
          .build();
      System.out.println("Spring Boot " + SpringBootVersion.getVersion().replaceFirst("\\.[0-9]+$", "") + " over "
          + boot.getBean(ClientHttpRequestFactoryBuilder.class).getClass().getSimpleName());
      print("RestClient GET", spring.get().uri(url).header("Authorization", bearer)
          .retrieve().toBodilessEntity().getStatusCode().value());
      print("RestClient POST", spring.post().uri(url).header("Authorization", bearer).body("body")
          .retrieve().toBodilessEntity().getStatusCode().value());
      print("RestClient without a token", spring.get().uri(url)
          .retrieve().toBodilessEntity().getStatusCode().value());
    }
  }

  private static void print(String who, int status) {
    System.out.println(who + ": " + status);
  }
}
