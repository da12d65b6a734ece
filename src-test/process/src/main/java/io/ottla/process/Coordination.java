package io.ottla.process;

import java.nio.file.Path;
import java.util.Map;

/** The process through which the brokers of a cluster find each other. */
public interface Coordination extends AutoCloseable {

    /** Starts what {@code product} needs, on files in {@code dataDir}. */
    static Coordination start(Product product, Options options, Host host, Path dataDir) {
        return product == Product.APACHE_4
                ? KRaftProcess.start(options, host, dataDir)
                : ZooKeeperProcess.start(product, host, dataDir);
    }

    /** What a broker has in its properties to find it. */
    Map<String, String> brokerProperties();

    @Override
    void close();
}
