// A server of Java's own stack, which says what it is to speak. Usage: JavaServer PORT KEY.p12[,...] PROTOCOL[,...] SUITE[,...]
// In Java's names, those that its policy forbids among them.
import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

class JavaServer {
  public static void main(String[] argv) throws Exception {
    Security.setProperty("jdk.tls.disabledAlgorithms", "");
    char[] password = "changeit".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12"), one = KeyStore.getInstance("PKCS12");
    keys.load(null, password);
    for (String name : argv[1].split(",")) {
      try (FileInputStream file = new FileInputStream(name)) {
        one.load(file, password);
      }
      String alias = one.aliases().nextElement();
      keys.setKeyEntry(alias, one.getKey(alias, password), password, one.getCertificateChain(alias));
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    SSLServerSocket door = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(Integer.parseInt(argv[0]), 64, InetAddress.getByName("127.0.0.1"));
    door.setEnabledProtocols(argv[2].split(","));
    door.setEnabledCipherSuites(argv[3].split(","));
    byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".getBytes();
    for (;;) {
      SSLSocket link = (SSLSocket) door.accept();
      new Thread(() -> {
        try (link) {
          link.setSoTimeout(5000);
          link.startHandshake();
          if (link.getInputStream().read(new byte[4096]) > 0) link.getOutputStream().write(answer);
        } catch (Exception error) {  // its client's
        }
      }).start();
    }
  }
}
