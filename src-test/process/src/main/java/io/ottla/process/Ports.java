package io.ottla.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of this machine, below those that the operating system gives to clients: a server that is down for a moment finds its own
 * free when it comes back, and no client that dials it meanwhile meets itself there. Any thread.
 */
public final class Ports {
    private static final int CONNECT_TIMEOUT_MS = 200;
    private static final int FIRST = 10_000;
    private static final int COUNT = 10_000;

    /** Tests in several processes begin at different ports, those in one never get the same one. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 197 % COUNT));

    private Ports() {}

    /** A port of the loopback address that was free a moment ago. */
    public static int free() {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is free from " + FIRST + " to " + (FIRST + COUNT - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** True when something listens there. */
    public static boolean accepts(String address, int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByName(address), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
