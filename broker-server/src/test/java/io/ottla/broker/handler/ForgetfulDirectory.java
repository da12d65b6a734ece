package io.ottla.broker.handler;

import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;

/** A log directory whose files are in the page cache or not as the test says; in all else it is the real one. */
final class ForgetfulDirectory {

    private final LogDirectory real;
    private final BooleanSupplier inMemory;

    ForgetfulDirectory(LogDirectory real, BooleanSupplier inMemory) {
        this.real = real;
        this.inMemory = inMemory;
    }

    LogDirectory asLogDirectory() {
        return proxy(LogDirectory.class, (method, arguments) -> {
            Object result = invoke(real, method, arguments);
            return result instanceof LogFile file ? forgetful(file) : result;
        });
    }

    private LogFile forgetful(LogFile file) {
        return proxy(
                LogFile.class,
                (method, arguments) -> method.getName().equals("isInMemory")
                        ? inMemory.getAsBoolean()
                        : invoke(file, method, arguments));
    }

    private interface Call {
        Object on(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.on(method, arguments)));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
