package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.util.function.SingletonSupplier;

/**
 * Which classes are the application's: those below the packages of its main classes. Of
 * longer packages only the first three parts count, since the main class often has one of
 * its own, such as {@code com.example.orders.app}.
 */
public final class ApplicationClasses implements Predicate<String> {

	private static final int PARTS = 3;

	private static final String OWN = "io.github.gracefulboot.";

	private final List<String> packages;

	public ApplicationClasses(List<String> packages) {
		this.packages = packages.stream().map(ApplicationClasses::prefix).toList();
	}

	/**
	 * Returns the classes of an application. Which they are is asked at the first test.
	 * @param beanFactory the bean factory of the application
	 * @return whether a class is the application's, by its name
	 */
	public static Predicate<String> of(BeanFactory beanFactory) {
		Supplier<ApplicationClasses> classes = SingletonSupplier.of(() -> new ApplicationClasses(
				AutoConfigurationPackages.has(beanFactory) ? AutoConfigurationPackages.get(beanFactory) : List.of()));
		return (name) -> classes.get().test(name);
	}

	private static String prefix(String packageName) {
		if (packageName.isEmpty()) {
			return "";
		}
		String[] parts = packageName.split("\\.");
		String shortened = String.join(".", Arrays.copyOf(parts, Math.min(PARTS, parts.length))) + ".";
		return shortened.equals(OWN) ? packageName + "." : shortened;
	}

	@Override
	public boolean test(String className) {
		for (String prefix : this.packages) {
			if (prefix.isEmpty() ? className.indexOf('.') < 0 : className.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

}
