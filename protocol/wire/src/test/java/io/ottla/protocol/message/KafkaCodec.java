package io.ottla.protocol.message;

import io.ottla.protocol.generator.Schema;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Apache Kafka's side of a comparison: its own generated classes, by reflection, because two releases of them take part.
 * What 4.x dropped comes from the 3.9 jar in a class loader of its own.
 */
final class KafkaCodec implements AutoCloseable {
    private static final String PROTOCOL = "org.apache.kafka.common.protocol.";
    private static final List<String> PACKAGES = List.of(
            "org.apache.kafka.common.message.",
            "org.apache.kafka.coordinator.group.generated.",
            "org.apache.kafka.coordinator.transaction.generated.",
            "org.apache.kafka.coordinator.share.generated.",
            "org.apache.kafka.server.log.remote.metadata.storage.generated.");

    private final URLClassLoader zkLine;
    private final ClassLoader newest = KafkaCodec.class.getClassLoader();
    private final Map<String, Class<?>> classes = new ConcurrentHashMap<>();
    private final Map<Class<?>, Map<String, Method>> methods = new ConcurrentHashMap<>();

    KafkaCodec() throws IOException {
        URL jar = Schemas.TARGET.resolve("judge/kafka-clients-zk.jar").toUri().toURL();
        this.zkLine = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    }

    /** Reads {@code bytes} with Kafka's class, checks that nothing is left, and returns what that class writes. */
    byte[] rewrite(Schema schema, byte[] bytes, short version) {
        Class<?> type = classes.computeIfAbsent(schema.name(), name -> find(schema));
        try {
            Object message = type.getConstructor().newInstance();
            ByteBuffer input = ByteBuffer.wrap(bytes);
            call(message, "read", accessor(type, input), version);
            if (input.hasRemaining()) {
                throw new AssertionError(input.remaining() + " bytes left over by Kafka's " + message);
            }
            return write(message, version);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(schema.name() + " version " + version, e);
        }
    }

    private byte[] write(Object message, short version) throws ReflectiveOperationException {
        Class<?> type = message.getClass();
        Object cache = Class.forName(PROTOCOL + "ObjectSerializationCache", true, type.getClassLoader())
                .getConstructor()
                .newInstance();
        Object size = Class.forName(PROTOCOL + "MessageSizeAccumulator", true, type.getClassLoader())
                .getConstructor()
                .newInstance();
        call(message, "addSize", size, cache, version);
        ByteBuffer output = ByteBuffer.allocate((int) call(size, "totalSize"));
        call(message, "write", accessor(type, output), cache, version);
        return output.array();
    }

    private Object call(Object target, String name, Object... args) throws ReflectiveOperationException {
        return methods.computeIfAbsent(target.getClass(), KafkaCodec::publicMethods)
                .get(name + args.length)
                .invoke(target, args);
    }

    /** By name and number of parameters, which is enough to tell apart the methods needed here. */
    private static Map<String, Method> publicMethods(Class<?> type) {
        Map<String, Method> byName = new HashMap<>();
        for (Method method : type.getMethods()) {
            byName.put(method.getName() + method.getParameterCount(), method);
        }
        return byName;
    }

    private static Object accessor(Class<?> type, ByteBuffer buffer) throws ReflectiveOperationException {
        return Class.forName(PROTOCOL + "ByteBufferAccessor", true, type.getClassLoader())
                .getConstructor(ByteBuffer.class)
                .newInstance(buffer);
    }

    private Class<?> find(Schema schema) {
        boolean hasSuffix = List.of("request", "response", "header").contains(schema.type());
        String name = schema.name() + (hasSuffix ? "Data" : "");
        ClassLoader loader = isOfZkLine(schema.name()) ? zkLine : newest;
        for (String packageName : PACKAGES) {
            try {
                return Class.forName(packageName + name, true, loader);
            } catch (ClassNotFoundException e) {
                continue;
            }
        }
        throw new AssertionError("Kafka has no class " + name);
    }

    private static boolean isOfZkLine(String name) {
        return name.equals("RequestHeader")
                || name.matches("(LeaderAndIsr|StopReplica|UpdateMetadata|ControlledShutdown)(Request|Response)");
    }

    @Override
    public void close() throws IOException {
        zkLine.close();
    }
}
